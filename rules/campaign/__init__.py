"""One dispatch put to work: its duties and forms, what is due when, who has to be told what, and how far everybody is.

Neither units (the directory's) nor the understanding and answering of questions, which build on what stands here.
"""
