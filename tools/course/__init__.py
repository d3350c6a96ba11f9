"""From the course's sources to its notebooks, and back.

`course/` holds the sources (jupytext py:percent, reviewed as text); `notebooks/`, `labs/` and
`solutions/` are made from them by `python -m tools.course build`, brought back by `sync` and
held against them by `check`. Which module does what:

=============  =========================================================================
`front`        a source's header: title, minutes, objectives, needs, next
`source`       read and write a source; which lessons there are
`markers`      the one policy of what a student sees and what only the solution shows
`assemble`     source -> unexecuted notebooks, with their first and last cell
`execute`      run a notebook top to bottom, as a reader would
`normalise`    make stored outputs depend on nothing but the run
`build`        all of it, writing only what has changed
`sync`         a notebook edited in JupyterLab -> its source
`check`        what is committed is what the sources give, and fit for a room
`names`        which models, options and packages a text names
`report`       what a check found: file, cell, sentence, mend
=============  =========================================================================
"""
