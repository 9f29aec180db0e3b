"""What is true: pure rules of incidents, timelines, whys and action items. No I/O, no clock."""
