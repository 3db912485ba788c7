/** The graph of a flow: what a document must satisfy as a whole, and what follows from it. */
package io.millrace.core.graph;
