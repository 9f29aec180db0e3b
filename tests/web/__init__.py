"""The doors, through a real uvicorn on a real socket."""
