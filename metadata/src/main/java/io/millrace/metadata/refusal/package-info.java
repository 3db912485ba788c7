/** Requests that are not answered as asked: {@link io.millrace.metadata.refusal.Refusal}. */
package io.millrace.metadata.refusal;
