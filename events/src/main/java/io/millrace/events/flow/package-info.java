/** The flow document: what a flow's author writes, language-neutral and content-addressed. */
package io.millrace.events.flow;
