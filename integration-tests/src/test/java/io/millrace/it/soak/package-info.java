/** The long campaign behind {@code make soak}. */
package io.millrace.it.soak;
