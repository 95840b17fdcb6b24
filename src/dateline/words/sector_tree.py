"""The sectors of a press-release wire, in print order, each with the sectors that contain it, nearest first.

Codes and containment of the IPTC Media Topics (2025-10-09; IPTC, iptc.org, CC BY 4.0) where one
exists; `dateline:` where none does. The names, in `sector_names`, are our own.
"""

TREE: dict[str, tuple[str, ...]] = {
    "dateline:top-story": (),
    "dateline:daily-news": (),
    "medtop:04000000": (),
    "medtop:20000274": (
        "medtop:20001370",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000279": (
        "medtop:20001370",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000287": (
        "medtop:20001370",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000178": (
        "medtop:20001365",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000177": (
        "medtop:20000396",
        "medtop:20000183",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000204": (
        "medtop:20001366",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000200": (
        "medtop:20001366",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000183": (
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000187": (
        "medtop:20000396",
        "medtop:20000183",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000396": (
        "medtop:20000183",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20001279": (
        "medtop:20000355",
        "medtop:20000344",
        "medtop:04000000",
    ),
    "medtop:20000190": (
        "medtop:20000188",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000205": (
        "medtop:20000192",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000196": (
        "medtop:20000192",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000192": (
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20001158": (
        "medtop:20000349",
        "medtop:04000000",
    ),
    "medtop:20001230": (
        "medtop:20000199",
        "medtop:20000170",
        "medtop:04000000",
    ),
    "medtop:20000210": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000213": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000217": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000218": (
        "medtop:20001354",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000223": (
        "medtop:20001354",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20001167": (
        "medtop:20001354",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:07000000": (),
    "medtop:20000462": (
        "medtop:20000461",
        "medtop:07000000",
    ),
    "medtop:20000225": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000231": (
        "medtop:20000225",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000226": (
        "medtop:20000225",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000230": (
        "medtop:20000225",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20001258": (
        "medtop:20000243",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20001298": (
        "medtop:20000763",
        "medtop:20000756",
        "medtop:13000000",
    ),
    "medtop:20000086": (
        "medtop:20000082",
        "medtop:02000000",
    ),
    "medtop:20000233": (
        "medtop:20000225",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000228": (
        "medtop:20000225",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000235": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000243": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000249": (
        "medtop:20000243",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000252": (
        "medtop:20001289",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000254": (
        "medtop:20000243",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000324": (
        "medtop:20000243",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000325": (
        "medtop:20000243",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000256": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20001243": (
        "medtop:20000256",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000257": (
        "medtop:20000256",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000260": (
        "medtop:20001244",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000265": (
        "medtop:20000256",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000270": (
        "medtop:20001244",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000269": (
        "medtop:20001244",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000316": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000294": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000295": (
        "medtop:20000294",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000296": (
        "medtop:20000294",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000297": (
        "medtop:20000294",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000304": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000305": (
        "medtop:20000304",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000306": (
        "medtop:20000304",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000307": (
        "medtop:20000304",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000308": (
        "medtop:20000304",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000315": (
        "medtop:20000304",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000549": (
        "medtop:20000538",
        "medtop:10000000",
    ),
    "medtop:20000331": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000333": (
        "medtop:20000331",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000337": (
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000338": (
        "medtop:20000337",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000340": (
        "medtop:20000337",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000343": (
        "medtop:20000337",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20001170": (
        "medtop:20000337",
        "medtop:20000209",
        "medtop:04000000",
    ),
    "medtop:20000011": (
        "medtop:20000002",
        "medtop:01000000",
    ),
    "medtop:01000000": (),
    "medtop:05000000": (),
    "medtop:06000000": (),
    "medtop:20000418": ("medtop:06000000",),
    "medtop:09000000": (),
    "medtop:11000000": (),
    "medtop:20000121": ("medtop:02000000",),
    "medtop:13000000": (),
    "medtop:20000739": (
        "medtop:20000738",
        "medtop:20000735",
        "medtop:13000000",
    ),
    "medtop:14000000": (),
    "medtop:20000818": (
        "medtop:20000817",
        "medtop:14000000",
    ),
    "medtop:15000000": (),
    "medtop:10000000": (),
    "medtop:20000498": ("medtop:08000000",),
    "dateline:events": (),
    "dateline:research": (),
}
