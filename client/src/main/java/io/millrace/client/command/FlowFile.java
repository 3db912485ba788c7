package io.millrace.client.command;

import io.millrace.client.request.UsageException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** The file that a person names as a flow document. */
final class FlowFile {
  private FlowFile() {}

  static String read(Path file) {
    try {
      return file.toString().equals("-")
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(file);
    } catch (NoSuchFileException missing) {
      throw new UsageException("There is no file '%s'.".formatted(file));
    } catch (CharacterCodingException binary) {
      throw new UsageException("File '%s' is not UTF-8 text.".formatted(file));
    } catch (IOException unreadable) {
      String what = Files.isDirectory(file) ? "it is a folder" : unreadable.getMessage();
      throw new UsageException("File '%s' cannot be read: %s.".formatted(file, what));
    }
  }

  static boolean isJson(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
  }
}
