"""What a person can do, as functions without a window: a folder for each part of the work, one noun a module.

Window and command line call the same functions. Arguments are explicit (the open store, a clock, ids); nothing here
keeps state, prints, or asks. Import the module you need (`from inspector_app.actions.inspection import records`): each
loads its heavy parts itself, so that the first window waits for none of them.
"""
