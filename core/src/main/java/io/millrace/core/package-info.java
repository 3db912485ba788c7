/**
 * What Millrace decides, and nothing else: a pure, deterministic state machine over commands. No
 * clock, no chance, no input or output, no framework. The same commands give the same state and,
 * byte for byte, the same orders; everything that survives a crash rests on that.
 */
package io.millrace.core;
