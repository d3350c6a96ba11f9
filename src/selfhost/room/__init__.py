"""A room without internet: one folder with everything, given out by the teacher's laptop.

`make bundle` writes the folder, `selfhost room serve` gives it to the room, and
`SELFHOST_ROOM=http://… make lab` sets a laptop up from it alone (`tools/house/room.py`).

`manifest`: the list of files, and whether they are whole. `app`: the server. `progress`: which
laptop has what. `page`: what the teacher looks at.
"""

from selfhost.room.manifest import Room, RoomFile, load, verify

__all__ = ["Room", "RoomFile", "load", "verify"]
