"""What inspections are judged by: checklists, laws and limits, their editions and who confirmed them."""
