"""Who wants this entry: subscribers, their profiles, and the index over them."""
