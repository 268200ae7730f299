"""What there is: values without input or output, all of them frozen."""
