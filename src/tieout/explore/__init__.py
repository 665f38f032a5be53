"""The widgets: plain functions from what is set to what is shown."""
