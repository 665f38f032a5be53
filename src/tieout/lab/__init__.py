"""What JupyterLab gets: server part, settings, extension."""
