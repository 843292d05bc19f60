"""The process: settings, wiring, channels, clock, courier, web pages and the command line.

The only place that knows platforms, the network and the wall clock.
"""
