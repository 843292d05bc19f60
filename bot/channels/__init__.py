"""One file a channel and direction. Nothing of a platform stands outside its own files, and no
channel knows another."""
