"""`make bundle`: everything for a room without internet, in one folder.

`targets`: the kinds of laptop. `wheels`: packages for each of them. `__main__`: the kit itself,
models, installers, and the list of it all. What cannot be had is said plainly in that list.
"""
