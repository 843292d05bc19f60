"""What the commands of ``dondoc`` do, one file a topic."""
