/** Black-box tests: they start the packaged programs and know only topics, files and HTTP. */
package io.millrace.it;
