package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** What a program with OpenAI's Java client draws. */
final class OpenAiPictures {
  private final OpenAIClient client;
  private final String model;

  OpenAiPictures(OpenAIClient client, String model) {
    this.client = client;
    this.model = model;
  }

  ImagesResponse draw(int count) {
    return client
        .images()
        .generate(
            ImageGenerateParams.builder().model(model).prompt("a red apple").n(count).build());
  }

  void drawSeveral() {
    List<String> pictures =
        draw(3).data().orElseThrow().stream()
            .map(image -> image.b64Json().orElseThrow())
            .collect(Collectors.toList());
    assertThat(pictures).hasSize(3).doesNotHaveDuplicates();
    assertThat(Base64.getDecoder().decode(pictures.get(0))).startsWith(0x89, 'P', 'N', 'G');
  }

  void drawAsJpeg() {
    ImagesResponse response =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model(model)
                    .prompt("a red apple")
                    .outputFormat(ImageGenerateParams.OutputFormat.JPEG)
                    .outputCompression(80)
                    .build());
    assertThat(
            Base64.getDecoder()
                .decode(response.data().orElseThrow().get(0).b64Json().orElseThrow()))
        .startsWith(0xff, 0xd8, 0xff);
  }

  void drawWithAddresses() throws Exception {
    ImagesResponse response =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model(model)
                    .prompt("a red apple")
                    .n(2)
                    .responseFormat(ImageGenerateParams.ResponseFormat.URL)
                    .build());
    List<String> urls =
        response.data().orElseThrow().stream().map(image -> image.url().orElseThrow()).toList();
    assertThat(urls).hasSize(2).doesNotHaveDuplicates();
    for (String url : urls) {
      HttpResponse<byte[]> picture =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(url)).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertThat(picture.statusCode()).isEqualTo(200);
      assertThat(picture.body()).startsWith(0x89, 'P', 'N', 'G');
    }
  }

  void drawInAStream(long partial) {
    try (StreamResponse<ImageGenStreamEvent> events =
        client
            .images()
            .generateStreaming(
                ImageGenerateParams.builder()
                    .model(model)
                    .prompt("a red apple")
                    .partialImages(partial)
                    .build())) {
      List<ImageGenStreamEvent> all = events.stream().toList();
      assertThat(all).hasSize((int) partial + 1);
      assertThat(all.subList(0, (int) partial))
          .allMatch(ImageGenStreamEvent::isGenerationPartialImage);
      assertThat(all.get((int) partial).isGenerationCompleted()).isTrue();
    }
  }
}
