import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0009_acknowledged'),
    ]

    operations = [
        migrations.CreateModel(
            name='Breaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('failures', models.PositiveSmallIntegerField()),
                ('since', models.DateTimeField()),
                ('pause', models.PositiveIntegerField(default=60)),
                ('probe_at', models.DateTimeField(null=True)),
                ('endpoint', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='breaker', to='delivery.endpoint')),
            ],
        ),
    ]
