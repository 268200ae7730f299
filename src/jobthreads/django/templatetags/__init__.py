"""`{% load jobthreads %}`."""
