"""Events that are no longer written; each says by `upcast` which event takes its place."""
