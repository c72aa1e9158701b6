package org.omnimamba.gateway.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.omnimamba.web.usage.Usage;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class UsageMeterTest {
  private static UsageMeter meter() {
    return UsageMeter.attach(MockServerWebExchange.from(MockServerHttpRequest.get("/")));
  }

  private static DataBuffer buffer(String text) {
    return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The count must not depend on where the network cuts. */
  private static void expect(String answer, boolean images, long tokens) {
    for (int size : new int[] {1, 2, 3, 7, 16, 17, 20, 21, 1000}) {
      UsageMeter meter = meter();
      for (int from = 0; from < answer.length(); from += size) {
        meter.accept(buffer(answer.substring(from, Math.min(answer.length(), from + size))));
      }
      assertThat(meter.generated(500, images)).as("cut every %d", size).isEqualTo(tokens);
    }
  }

  @Test
  void readsTheReportOfAChat() {
    expect(
        "{\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":17,"
            + "\"total_tokens\":48}}",
        false,
        17);
    expect("{\"usage\" : {\"completion_tokens\" : 3}}", false, 3);
    expect("{\"usage\":{\"completion_tokens\": 3 }}", false, 3);
  }

  @Test
  void addsTheReportsOfSeveralPictures() {
    String picture =
        "event: image_generation.completed\ndata: {\"b64_json\":\"iVBORw0KGgo/+=\","
            + "\"usage\":{\"input_tokens\":72,\"output_tokens\":256,\"total_tokens\":328}}\n\n";
    expect(picture + picture, true, 512);
  }

  /** A response repeats the form that it was asked for, whatever that calls its members. */
  @Test
  void aMemberThatIsOnlyCalledUsageCountsNothing() {
    String schema =
        "\"text\":{\"format\":{\"schema\":{\"properties\":{\"usage\":{\"input_tokens\":7,"
            + "\"output_tokens\":7,\"input_tokens_details\":{\"cached_tokens\":7}}}}}}";
    UsageMeter meter = meter();
    meter.accept(buffer("{" + schema + "}"));
    assertThat(meter.isWhole()).isFalse();
    assertThat(meter.seen()).isEqualTo(new Usage(1, 0, 0, 0, 0));
    expectUsage(
        "data: {\"type\":\"response.completed\",\"response\":{"
            + schema
            + ",\"usage\":{\"input_tokens\":4,\"input_tokens_details\":{\"cached_tokens\":3},"
            + "\"output_tokens\":2}}}\n\n",
        new Usage(1, 0, 4, 3, 2));
  }

  @Test
  void aStreamThatEndsWithAnErrorIsNotWhole() {
    UsageMeter meter = meter();
    meter.accept(
        buffer(
            "data: {\"b64_json\":\"AA\",\"usage\":{\"input_tokens\":9,\"output_tokens\":16}}\n\n"
                + "event: error\ndata: {\"error\":{\"message\":\"stopped\"}}\n\n"));
    assertThat(meter.isWhole()).isFalse();
    assertThat(meter.seen()).isEqualTo(new Usage(1, 1, 9, 0, 16));
  }

  @Test
  void countsFinishedPicturesAndAllTokens() {
    expectUsage(
        "{\"data\":[{\"b64_json\":\"AA\",\"token_ids\":[1]},{\"b64_json\":\"BB\"}],"
            + "\"usage\":{\"input_tokens\":9,\"output_tokens\":32,"
            + "\"input_tokens_details\":{\"text_tokens\":9}}}",
        new Usage(1, 2, 9, 0, 32));
    String partial = "data: {\"b64_json\":\"AA\",\"type\":\"image_generation.partial_image\"}\n\n";
    String first =
        "data: {\"b64_json\":\"AA\",\"token_ids\":[1,2],\"usage\":{\"input_tokens\":9,"
            + "\"output_tokens\":16}}\n\n";
    String second =
        "data: {\"usage\":{\"output_tokens\":16,\"input_tokens\":0},\"b64_json\":\"AA\"}\n\n";
    expectUsage(partial + first + partial + second, new Usage(1, 2, 9, 0, 32));
    String item = "{\"type\":\"image_generation_call\",\"result\":\"AA\"}";
    String end =
        "{\"output\":["
            + item
            + "],\"usage\":{\"input_tokens\":4,\"input_tokens_details\":{\"cached_tokens\":3},"
            + "\"output_tokens\":16}}";
    expectUsage(end, new Usage(1, 1, 4, 3, 16));
    expectUsage(
        "data: {\"type\":\"response.output_item.done\",\"item\":"
            + item
            + "}\n\ndata: {\"type\":\"response.completed\",\"response\":"
            + end
            + "}\n\n",
        new Usage(1, 1, 4, 3, 16));
    expectUsage(
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(3)
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":4,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":20}}}\n\ndata: [DONE]\n\n",
        new Usage(1, 0, 31, 20, 4));
  }

  private static void expectUsage(String answer, Usage usage) {
    for (int size : new int[] {1, 3, 16, 1000}) {
      UsageMeter meter = meter();
      for (int from = 0; from < answer.length(); from += size) {
        meter.accept(buffer(answer.substring(from, Math.min(answer.length(), from + size))));
      }
      assertThat(meter.seen()).as("cut every %d", size).isEqualTo(usage);
      assertThat(meter.isWhole()).isTrue();
    }
  }

  @Test
  void countsChunksWithoutAReport() {
    String chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    expect(chunk.repeat(5) + "data: [DONE]\n\n", false, 5);
  }

  @Test
  void countsTheTextsOfAResponse() {
    String head =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",";
    String piece = head + "\"delta\":\"a\",\"logprobs\":[]}\n\n";
    expect(piece.repeat(5), false, 5);
    expect(
        piece.repeat(5)
            + "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":9,"
            + "\"output_tokens\":7,\"output_tokens_details\":{\"reasoning_tokens\":0}}}}\n\n",
        false,
        7);
  }

  @Test
  void countsNeitherTheOpeningChunkNorLogprobs() {
    String opening =
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    String chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":"
            + "[{\"token\":\"a\",\"logprob\":-0.1,\"top_logprobs\":[]}]}}]}\n\n";
    expect(opening + chunk.repeat(5) + "data: [DONE]\n\n", false, 5);
  }

  /** As inference-service writes them with and without its options, and in any other order. */
  @Test
  void countsTheSameInAnyOrderOfMembers() {
    String opening =
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
            + "\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
    String reversed =
        "data: {\"choices\":[{\"finish_reason\":null,\"token_ids\":[17],\"delta\":{\"tool_calls\":"
            + "[{\"index\":0}],\"content\" : \"a\",\"refusal\":null},\"index\":0}]}\n\n";
    String halfACharacter =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"logprobs\":{\"content\":"
            + "[{\"token\":\"\",\"logprob\":-1.5,\"bytes\":[226],\"top_logprobs\":[]}],"
            + "\"refusal\":null},\"finish_reason\":null}]}\n\n";
    String finish =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,"
            + "\"finish_reason\":\"stop\"}]}\n\n";
    String all = ": ping \"[\n\n" + opening + reversed.repeat(3) + halfACharacter;
    expect(all + finish + "data: [DONE]\n\n", false, 4);
    expect(
        all
            + "data: {\"usage\":{\"prompt_tokens_details\":{\"completion_tokens\":99},"
            + "\"total_tokens\":48,\"completion_tokens\":17},\"choices\":[]}\n\n",
        false,
        17);
  }

  @Test
  void staysInStepBeyondAnyDepth() {
    expect(
        "{\"a\":" + "[".repeat(500) + "]".repeat(500) + ",\"usage\":{\"output_tokens\":5}}",
        true,
        5);
  }

  @Test
  void isNotFooledByGeneratedText() {
    expect(
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"completion_tokens\\\":999\"}}]}\n\n",
        false,
        1);
    expect(
        "data:"
            + " {\"choices\":[{\"delta\":{\"content\":\"}]}{\\\\\\\"usage\\\":{\\\"output_tokens\\\":9\"}}]}\n\n",
        false,
        1);
  }

  @Test
  void chargesWhatWasReservedForAPictureThatNobodyWaitedFor() {
    expect("", true, 500);
    expect("data: {\"type\":\"image_generation.partial_image\"}\n\n", true, 500);
  }

  @Test
  void chargesNothingForAnError() {
    UsageMeter meter = meter();
    meter.failed();
    meter.accept(buffer("{\"error\":{}}"));
    assertThat(meter.generated(500, false)).isZero();
    assertThat(meter.generated(500, true)).isZero();
  }

  @Test
  void chargesWhatCameOfAnAnswerThatBrokeOff() {
    UsageMeter meter = meter();
    meter.accept(buffer("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(3)));
    meter.failed();
    assertThat(meter.generated(500, false)).isEqualTo(3);
    meter.accept(buffer("{\"usage\":{\"completion_tokens\":7}}"));
    assertThat(meter.generated(500, false)).as("a report counts all the same").isEqualTo(7);
  }
}
