"""What only the report on Shenyang needs: its registers, counts and one-off figures."""
