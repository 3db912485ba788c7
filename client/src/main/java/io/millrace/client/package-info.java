/**
 * The command line: turns a person's words into records of the contract, and states back into
 * words.
 */
package io.millrace.client;
