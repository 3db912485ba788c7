package io.millrace.metadata.metaflow;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.database.Databases;

class MetaflowInFileTest extends MetaflowContract {
  @Override
  Database.Place empty() {
    return Databases.inFolder(folder);
  }
}
