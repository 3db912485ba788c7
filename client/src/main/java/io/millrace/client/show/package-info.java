/** Turns states and events into what a person reads; every text is a pure function of its input. */
package io.millrace.client.show;
