package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.sas.AccountSasPermission;
import com.azure.storage.common.sas.AccountSasResourceType;
import com.azure.storage.common.sas.AccountSasService;
import com.azure.storage.common.sas.AccountSasSignatureValues;
import io.millrace.scheduler.objects.AzureSettings.Secret;
import io.millrace.scheduler.objects.ObjectStore.Condition;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Azurite, Microsoft's emulator. */
class AzureObjectStoreIT extends ObjectStoreContract {
  private static final String ACCOUNT = "devstoreaccount1";

  /** The emulator's documented key, the same everywhere. */
  private static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static Emulator azurite;

  @BeforeAll
  static void start() throws Exception {
    azurite = Emulator.azurite();
    service().createBlobContainer("millrace");
  }

  @AfterAll
  static void stop() throws Exception {
    if (azurite != null) {
      azurite.close();
    }
  }

  private static URI endpoint() {
    return URI.create(azurite.address() + "/" + ACCOUNT);
  }

  private static BlobServiceClient service() {
    return new BlobServiceClientBuilder()
        .httpClient(new JdkHttpClientBuilder().build())
        .endpoint(endpoint().toString())
        .credential(new StorageSharedKeyCredential(ACCOUNT, KEY))
        .buildClient();
  }

  private static ObjectStore store(String container, Secret secret) {
    return new AzureObjectStore(
        new AzureSettings(container, Optional.of(endpoint()), Optional.of(secret)));
  }

  @Override
  ObjectStore store() {
    return store("millrace", new Secret.AccountKey(ACCOUNT, KEY));
  }

  @Test
  void connectionStringSaysEverything() {
    String text =
        "DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=%s;"
            .formatted(ACCOUNT, KEY, endpoint());
    ObjectStore store =
        new AzureObjectStore(
            new AzureSettings(
                "millrace", Optional.empty(), Optional.of(new Secret.ConnectionString(text))));
    store.put("by/connection-string", new byte[] {1}, Condition.NONE);
    assertThat(store.get("by/connection-string")).hasValue(new byte[] {1});
  }

  @Test
  void sharedAccessSignatureOpensWhatItCovers() {
    var permissions = AccountSasPermission.parse("rwdlac");
    var values =
        new AccountSasSignatureValues(
            OffsetDateTime.now().plusHours(1),
            permissions,
            new AccountSasService().setBlobAccess(true),
            new AccountSasResourceType().setContainer(true).setObject(true));
    ObjectStore store =
        store("millrace", new Secret.SasToken(service().generateAccountSas(values)));
    store.put("by/sas", new byte[] {2}, Condition.IF_ABSENT);
    assertThat(store.get("by/sas")).hasValue(new byte[] {2});
    assertThat(store.list("by/sas")).containsExactly("by/sas");
    assertThat(store.address()).contains(endpoint() + "/millrace");
  }

  @Test
  void errorsNameContainerAndKeyAndSayWhatToDo() {
    assertThatThrownBy(() -> store("nowhere", new Secret.AccountKey(ACCOUNT, KEY)).get("a/b"))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'nowhere'", "create the container");
    String wrong = Base64.getEncoder().encodeToString(new byte[64]);
    assertThatThrownBy(
            () ->
                store("millrace", new Secret.AccountKey(ACCOUNT, wrong))
                    .put("a/b", new byte[0], Condition.NONE))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContainingAll("'a/b'", "'millrace'", "check the credentials");
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(new Secret.AccountKey("account", "secret").toString()).doesNotContain("secret");
    assertThat(new Secret.ConnectionString("secret").toString()).doesNotContain("secret");
    assertThat(new Secret.SasToken("secret").toString()).doesNotContain("secret");
  }
}
