package dev.heed.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.ServerFile;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.web.ModelHost.Answer;
import dev.heed.web.ModelHost.Drawing;
import dev.heed.web.ModelHost.Opening;
import dev.heed.web.ModelHost.Piece;
import dev.heed.web.ModelHost.Question;
import dev.heed.web.ModelHost.Text;
import dev.heed.web.Refusal;
import dev.heed.web.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs ask a real server for what real, if ignorant, models say. */
class ProgramsTest {
    private static final long PLENTY = 1L << 40;
    private static final List<Message> ASKED =
            List.of(new Message(Message.Role.SYSTEM, "Be kind."), Message.user("Where does the fox live?"));

    private static final Question QUESTION = new Question(
            Home.WRITER,
            List.of(new Opening.Conversation(ASKED)),
            1,
            new Drawing(1, 1, 0, 0, 1, 1, 0),
            20,
            1L,
            List.of(),
            -1);

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Path home;
    private static FeedbackStore store;
    private static Host host;
    private static WebServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        home = folder;
        Home.make(home);
        store = FeedbackStore.open(home);
        host = new Host(home, () -> Home.TORCH, () -> PLENTY);
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), host);
    }

    @AfterAll
    static void stop() {
        server.close();
        host.close();
        store.close();
    }

    // ---- what the official client sends ----

    @Test
    void theOfficialClientsRequestsAreAnsweredInItsForms() throws Exception {
        Map<String, HttpResponse<String>> answers = new LinkedHashMap<>();
        for (JsonNode recorded : recorded()) {
            HttpResponse<String> answer = replay(recorded);
            assertThat(answer.statusCode()).as(recorded + "\n" + answer.body()).isEqualTo(200);
            answers.put(recorded.path("name").asText(), answer);
        }
        assertThat(answers).hasSize(10);
        JsonNode models = body(answers, "models");
        assertThat(models.path("object").asText()).isEqualTo("list");
        assertThat(models.path("data").findValuesAsText("id")).containsExactly("judge", "writer");
        assertThat(models.path("data").findValuesAsText("kind")).containsExactly("reward", "language");
        assertThat(body(answers, "model").path("created").asLong()).isPositive();
        chat(body(answers, "chat"));
        chatWithEverything(body(answers, "chat_all"));
        completions(answers);
        streams(answers);
    }

    private static void chat(JsonNode chat) {
        assertThat(names(chat)).containsExactly("id", "object", "created", "model", "choices", "usage");
        assertThat(chat.path("id").asText()).startsWith("chatcmpl-");
        assertThat(chat.path("object").asText()).isEqualTo("chat.completion");
        assertThat(names(chat.at("/choices/0"))).containsExactly("index", "message", "logprobs", "finish_reason");
        assertThat(chat.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(chat.at("/choices/0/message/content").isTextual()).isTrue();
        assertThat(chat.at("/choices/0/finish_reason").asText()).isIn("stop", "length");
        int prompt = chat.at("/usage/prompt_tokens").asInt();
        assertThat(prompt).isPositive();
        assertThat(chat.at("/usage/total_tokens").asInt())
                .isEqualTo(prompt + chat.at("/usage/completion_tokens").asInt());
    }

    private static void chatWithEverything(JsonNode all) {
        assertThat(all.path("choices")).hasSize(3);
        assertThat(all.path("choices").findValuesAsText("content")).isNotEmpty();
        JsonNode token = all.at("/choices/0/logprobs/content/0");
        assertThat(names(token)).containsExactly("token", "logprob", "bytes", "top_logprobs");
        assertThat(token.path("logprob").asDouble()).isNegative();
        assertThat(token.path("top_logprobs")).hasSize(3);
        assertThat(names(token.at("/top_logprobs/0"))).containsExactly("token", "logprob", "bytes");
        assertThat(token.at("/top_logprobs/0/logprob").asDouble())
                .isGreaterThanOrEqualTo(token.at("/top_logprobs/1/logprob").asDouble());
    }

    private static void completions(Map<String, HttpResponse<String>> answers) {
        JsonNode one = body(answers, "completion");
        assertThat(one.path("object").asText()).isEqualTo("text_completion");
        assertThat(names(one.at("/choices/0"))).containsExactly("text", "index", "logprobs", "finish_reason");
        JsonNode all = body(answers, "completion_all");
        assertThat(all.path("choices").findValuesAsText("index")).containsExactly("0", "1", "2", "3");
        assertThat(all.at("/choices/0/text")).as("greedy").isEqualTo(all.at("/choices/1/text"));
        JsonNode told = all.at("/choices/0/logprobs");
        assertThat(names(told)).containsExactly("tokens", "token_logprobs", "top_logprobs", "text_offset");
        assertThat(told.path("tokens")).hasSameSizeAs(told.path("text_offset"));
        assertThat(body(answers, "completion_ids").path("choices")).hasSize(2);
        assertThat(body(answers, "completion_ids").at("/usage/prompt_tokens").asInt())
                .isEqualTo(5);
    }

    private static void streams(Map<String, HttpResponse<String>> answers) {
        assertThat(Objects.requireNonNull(answers.get("chat_stream")).headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        List<JsonNode> chunks = events(answers, "chat_stream");
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("id")).isEqualTo(chunks.get(0).path("id"));
        });
        assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        JsonNode last = chunks.get(chunks.size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asInt()).isPositive();
        assertThat(said(chunks, 0, "/delta/content"))
                .as("a stream says what the whole answer says")
                .isEqualTo(
                        body(answers, "chat").at("/choices/0/message/content").asText())
                .isNotEqualTo(said(chunks, 1, "/delta/content"));
        assertThat(events(answers, "chat_stream_logprobs").get(1).at("/choices/0/logprobs/content/0/top_logprobs"))
                .hasSize(2);
        assertThat(said(events(answers, "completion_stream"), 0, "/text"))
                .isEqualTo(body(answers, "completion").at("/choices/0/text").asText());
    }

    private static String said(List<JsonNode> chunks, int index, String where) {
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            for (JsonNode choice : chunk.path("choices")) {
                if (choice.path("index").asInt() == index) {
                    text.append(choice.at(where).asText());
                }
            }
        }
        return text.toString();
    }

    // ---- what it says ----

    @Test
    void aSeedGivesWhatTheSamplerGivesAloneWhoeverAsksBesides() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> asked = IntStream.range(0, 64)
                .mapToObj(i -> HTTP.sendAsync(
                        post(
                                "chat/completions",
                                chatBody()
                                        .put("seed", i)
                                        .put("temperature", i % 3 * .5)
                                        .put("max_tokens", 8 + i)),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        try (Tokenizer tokenizer = Tokenizer.load(RunDir.at(home, Home.WRITER).model());
                Transformer model = Transformer.load(
                        Home.TORCH, RunDir.at(home, Home.WRITER).model(), Head.LANGUAGE)) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            int[] prompt = template.prompt(new Prompt("", ASKED, "", Split.TRAIN));
            for (int i = 0; i < asked.size(); i++) {
                int[] ids = new Sampler(model, tokenizer.eos())
                        .sample(List.of(prompt), Decoding.at(i % 3 * .5, 8 + i), i, new long[] {0})
                        .get(0)
                        .ids();
                assertThat(json(asked.get(i).get())
                                .at("/choices/0/message/content")
                                .asText())
                        .as("request %d", i)
                        .isEqualTo(template.text(ids));
            }
        }
    }

    @Test
    void withoutASeedAnswersDiffer() throws Exception {
        ObjectNode body = chatBody().put("n", 2);
        assertThat(IntStream.range(0, 2)
                        .mapToObj(i -> json(send(post("chat/completions", body))))
                        .flatMap(answer ->
                                StreamSupport.stream(answer.path("choices").spliterator(), false))
                        .map(choice -> choice.at("/message/content").asText())
                        .distinct())
                .hasSize(4);
    }

    @Test
    void anAnswerEndsBeforeAStop() throws Exception {
        ObjectNode body = chatBody().put("seed", 3).put("max_tokens", 60);
        String whole = json(send(post("chat/completions", body)))
                .at("/choices/0/message/content")
                .asText();
        String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 2);
        JsonNode stopped = json(send(post("chat/completions", body.put("stop", stop))));
        assertThat(stopped.at("/choices/0/message/content").asText())
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(stopped.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(said(
                        events(send(post("chat/completions", body.put("stream", true)))
                                .body()),
                        0,
                        "/delta/content"))
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
    }

    @Test
    void scoresAreThoseOfTheRewardModel() throws Exception {
        ObjectNode body = Json.mapper().createObjectNode().put("model", Home.JUDGE);
        body.set("messages", Json.mapper().valueToTree(ASKED));
        body.putArray("completion").add("In a den.").add("Look it up yourself.");
        JsonNode scored = json(send(post("score", body)));
        try (Tokenizer tokenizer = Tokenizer.load(RunDir.at(home, Home.JUDGE).model());
                RewardModel model =
                        RewardModel.load(Home.TORCH, RunDir.at(home, Home.JUDGE).model())) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            int[] prompt = template.prompt(new Prompt("", ASKED, "", Split.TRAIN));
            int[] completion = template.completion("Look it up yourself.");
            int[] row = IntStream.concat(IntStream.of(prompt), IntStream.of(completion))
                    .toArray();
            assertThat(scored.at("/data/1/score").asDouble())
                    .isCloseTo(model.scores(List.of(row))[0], within(1e-5)); // batched otherwise
        }
        assertThat(scored.at("/data/0/score")).isNotEqualTo(scored.at("/data/1/score"));
        assertThat(json(send(post("score", spoken()))).at("/data/0/score").asDouble())
                .as("the assistant's last message is what is scored")
                .isCloseTo(scored.at("/data/0/score").asDouble(), within(1e-5));
    }

    private static ObjectNode spoken() {
        List<Message> messages = new ArrayList<>(ASKED);
        messages.add(new Message(Message.Role.ASSISTANT, "In a den."));
        ObjectNode body = Json.mapper().createObjectNode().put("model", Home.JUDGE);
        body.set("messages", Json.mapper().valueToTree(messages));
        return body;
    }

    // ---- what is refused ----

    @Test
    void aWrongRequestIsRefusedInOneLineThatNamesWhatIsWrong() throws Exception {
        refused(
                "chat/completions",
                chatBody().put("temperature", -1),
                "temperature",
                "temperature must be a number from 0 to 2, was -1");
        refused(
                "chat/completions",
                chatBody().put("temperature", "hot"),
                "temperature",
                "temperature must be a number from 0 to 2, was \"hot\"");
        refused(
                "chat/completions",
                chatBody().put("top_p", 0),
                "top_p",
                "top_p must be a number above 0, at most 1, was 0");
        refused("chat/completions", chatBody().put("n", 129), "n", "n must be a whole number from 1 to 128, was 129");
        refused("chat/completions", chatBody().put("n", 1.5), "n", "n must be a whole number from 1 to 128, was 1.5");
        refused("chat/completions", chatBody().put("stop", ""), "stop", "stop must be texts of at least one character");
        refused(
                "chat/completions",
                chatBody().put("top_logprobs", 3),
                "top_logprobs",
                "top_logprobs needs logprobs to be true");
        refused(
                "chat/completions",
                chatBody().put("stream", "yes"),
                "stream",
                "stream must be true or false, was \"yes\"");
        refused(
                "chat/completions",
                chatBody().put("presence_penalty", .5),
                "presence_penalty",
                "presence_penalty is not supported; try repetition_penalty, from 1 up");
        refused("completions", chatBody(), "prompt", "prompt is missing");
        refused(
                "completions",
                chatBody().put("prompt", "x").put("echo", true),
                "echo",
                "echo is not supported; the prompt is known to who asks");
        ObjectNode noMessages = chatBody();
        noMessages.putArray("messages");
        refused("chat/completions", noMessages, "messages", "messages must be a list of at least one message, was []");
        ObjectNode tool = chatBody();
        tool.putArray("messages").addObject().put("role", "tool").put("content", "x");
        refused(
                "chat/completions",
                tool,
                "messages[0].role",
                "messages[0].role must be system, user or assistant, was \"tool\"");
        refused(
                "score",
                chatBody().put("completion", "x"),
                "model",
                "writer writes and gives no scores; name a reward model");
        refused(
                "chat/completions",
                chatBody().put("model", Home.JUDGE),
                "model",
                "judge scores and does not write; ask it at /v1/score");
        ObjectNode ids = chatBody();
        ids.putArray("prompt").add(5000);
        JsonNode outside = refusal(send(post("completions", ids)), 400);
        assertThat(outside.path("message").asText()).contains("outside the model's vocabulary");
    }

    @Test
    void whatExceedsTheContextIsRefusedWithTheNumbers() throws Exception {
        JsonNode tooMany = refusal(send(post("chat/completions", chatBody().put("max_tokens", 500))), 400);
        assertThat(tooMany.path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(tooMany.path("message").asText())
                .matches(
                        "messages of \\d+ tokens and max_tokens of 500 exceed the model's context of 160; ask for at most \\d+");
        ObjectNode tooLong = chatBody();
        tooLong.putArray("messages").addObject().put("role", "user").put("content", "fox ".repeat(300));
        assertThat(refusal(send(post("chat/completions", tooLong)), 400)
                        .path("message")
                        .asText())
                .matches("messages has \\d+ tokens, which leaves no room in the model's context of 160; shorten it");
    }

    @Test
    void whatIsNoRequestIsRefusedInTheSameForm() throws Exception {
        for (String body : List.of("", "{", "[]", "null", "{\"model\":1}", "[".repeat(3000), "{\"a\":1,\"a\":2}")) {
            JsonNode error = refusal(send(raw("chat/completions", body)), 400);
            assertThat(error.path("message").asText()).as(body).isNotBlank().doesNotContain("\n", "Exception");
        }
        JsonNode unknown = refusal(send(post("chat/completions", chatBody().put("model", "gpt-9"))), 404);
        assertThat(unknown.path("code").asText()).isEqualTo("model_not_found");
        assertThat(unknown.path("message").asText()).isEqualTo("no model 'gpt-9'; there are judge, writer");
        refusal(send(post("chat/completions", chatBody().put("model", "../writer"))), 404);
        refusal(send(HttpRequest.newBuilder(uri("models/none")).GET().build()), 404);
        refusal(send(HttpRequest.newBuilder(uri("nothing")).GET().build()), 404);
        refusal(
                send(HttpRequest.newBuilder(uri("completions"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build()),
                415);
    }

    @Test
    void whoIsToSignInIsToldSoInTheSameForm() throws Exception {
        WebServer.Config closed = new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null);
        try (WebServer guarded = WebServer.start(store, closed, host)) {
            HttpRequest ask = HttpRequest.newBuilder(URI.create(guarded.url() + "/v1/models"))
                    .GET()
                    .build();
            assertThat(refusal(send(ask), 401).path("type").asText()).isEqualTo("authentication_error");
            String token = ServerFile.find(home).orElseThrow().token();
            HttpRequest known = HttpRequest.newBuilder(ask.uri())
                    .header("Authorization", "Bearer " + token)
                    .build();
            assertThat(send(known).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aModelTooLargeForMemoryIsRefusedWithItsSizeAndWhatIsFree() throws Exception {
        try (Host small = new Host(home, () -> Home.TORCH, () -> 5L << 20);
                WebServer other = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), small)) {
            HttpRequest ask = HttpRequest.newBuilder(URI.create(other.url() + "/v1/chat/completions"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(chatBody().toString()))
                    .build();
            JsonNode error = refusal(send(ask), 503);
            assertThat(error.path("code").asText()).isEqualTo("insufficient_memory");
            assertThat(error.path("message").asText())
                    .matches(
                            "writer needs \\d+ MiB and 5 MiB are free here; end other work on this machine, or ask a smaller model");
        }
    }

    // ---- who comes and goes ----

    @Test
    void aStreamComesWhileItIsWrittenAndWhoGoesAwayFreesTheModel() throws Exception {
        String body = chatBody()
                .put("stream", true)
                .put("n", 100)
                .put("max_tokens", 120)
                .toString();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String request =
                    """
                    POST /v1/chat/completions HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Content-Length: %d

                    %s"""
                            .formatted(body.length(), body); // all of it ASCII
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(1200), StandardCharsets.UTF_8)).contains("200 OK", "data: {");
            assertThat(host.busy()).as("it goes on").isTrue();
            socket.setSoLinger(true, 0); // resets, as a program does that was killed
        }
        long end = System.nanoTime() + 5_000_000_000L;
        while (host.busy() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(host.busy()).isFalse();
    }

    @Test
    void aModelThatIsMadeAnewIsLoadedAnew(@TempDir Path other) throws Exception {
        Home.make(other);
        try (Host changing = new Host(other, () -> Home.TORCH, () -> PLENTY);
                Tokenizer tokenizer =
                        Tokenizer.load(RunDir.at(other, "tokenizer").model())) {
            String before = whole(changing.answer(QUESTION));
            assertThat(whole(changing.answer(QUESTION))).isEqualTo(before);
            Files.delete(RunDir.at(other, Home.WRITER).model().resolve("model.safetensors"));
            Home.write(other, Home.WRITER, tokenizer, 9);
            assertThat(whole(changing.answer(QUESTION))).isNotEqualTo(before);
        }
    }

    @Test
    void anIdleModelMakesRoomForAnotherAndABusyOneDoesNot() throws Exception {
        AtomicLong free = new AtomicLong(PLENTY);
        List<Text> texts = List.of(new Text(new Opening.Conversation(ASKED), "In a den."));
        try (Host narrow = new Host(home, () -> Home.TORCH, free::get)) {
            String before = whole(narrow.answer(QUESTION));
            free.set(0);
            try (Answer open = narrow.answer(QUESTION)) {
                assertThatThrownBy(() -> narrow.score(Home.JUDGE, texts))
                        .isInstanceOf(Refusal.class)
                        .hasMessageMatching("judge needs \\d+ MiB and 0 MiB are free here; .*");
                assertThat(open.promptTokens()).isPositive();
            }
            assertThat(narrow.score(Home.JUDGE, texts).scores()).hasSize(1);
            assertThat(whole(narrow.answer(QUESTION))).isEqualTo(before);
        }
    }

    private static String whole(Answer asked) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        try (Answer answer = asked) {
            boolean over = false;
            while (!over) {
                Optional<Piece> piece = answer.await(10_000);
                piece.ifPresent(more -> text.append(more.text()));
                over = piece.isPresent() && piece.get().ending() != null;
            }
        }
        return text.toString();
    }

    // ---- speaking HTTP ----

    private static List<JsonNode> recorded() throws Exception {
        try (InputStream lines = ProgramsTest.class.getResourceAsStream("openai-python-3.22.1.jsonl")) {
            List<JsonNode> all = new ArrayList<>();
            for (String line : new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                all.add(Json.mapper().readTree(line));
            }
            return all;
        }
    }

    private static HttpResponse<String> replay(JsonNode recorded) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create(server.url() + recorded.path("path").asText()));
        recorded.path("headers")
                .properties()
                .forEach(header ->
                        request.header(header.getKey(), header.getValue().asText()));
        boolean get = recorded.path("method").asText().equals("GET");
        return send((get
                        ? request.GET()
                        : request.POST(HttpRequest.BodyPublishers.ofString(
                                recorded.path("body").toString())))
                .build());
    }

    private static ObjectNode chatBody() {
        ObjectNode body =
                Json.mapper().createObjectNode().put("model", Home.WRITER).put("max_tokens", 40);
        body.set("messages", Json.mapper().valueToTree(ASKED));
        return body;
    }

    private static URI uri(String path) {
        return URI.create(server.url() + "/v1/" + path);
    }

    private static HttpRequest post(String path, JsonNode body) {
        return raw(path, body.toString());
    }

    private static HttpRequest raw(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return tree(response.body());
    }

    private static JsonNode tree(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static JsonNode body(Map<String, HttpResponse<String>> answers, String name) {
        return json(Objects.requireNonNull(answers.get(name)));
    }

    private static List<JsonNode> events(Map<String, HttpResponse<String>> answers, String name) {
        return events(Objects.requireNonNull(answers.get(name)).body());
    }

    /** What a stream sends, which ends as it must. */
    private static List<JsonNode> events(String stream) {
        assertThat(stream).endsWith("data: [DONE]\n\n");
        return stream.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> tree(line.substring("data: ".length())))
                .toList();
    }

    private static void refused(String path, JsonNode body, String about, String message) {
        JsonNode error = refusal(send(post(path, body)), 400);
        assertThat(error.path("message").asText()).isEqualTo(message);
        assertThat(error.path("param").asText()).isEqualTo(about);
    }

    private static JsonNode refusal(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = tree(response.body()).path("error");
        assertThat(names(error)).containsExactlyInAnyOrder("message", "type", "param", "code");
        return error;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
