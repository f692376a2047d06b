package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import dev.heed.run.Json;
import dev.heed.tensor.Golden;
import dev.heed.text.TemplateText.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case under golden/tokenizer: ids, texts and masks of transformers 5.18 (tokenizers 0.23.2).
 *
 * <p>Deviation 1: a special token that a text spells is an id to transformers unless it is told otherwise. To Heed it is text
 * in what people write, so those rows are read as a template's own text is, where it is an id; conversations with such a
 * message keep the peers' text, and get no special id from it. Each case prints how many of its rows are so.
 */
class GoldenTokenizerTest {
    @TempDir
    Path folder;

    private int deviating;

    @TestFactory
    Stream<DynamicTest> everyCaseIsAsThePeers() throws IOException {
        try (Stream<Path> files = Files.walk(Golden.folder("tokenizer"))) {
            List<Path> cases =
                    files.filter(file -> file.endsWith("case.json")).sorted().toList();
            assertThat(cases).isNotEmpty();
            return cases.stream()
                    .map(file -> new Golden(Objects.requireNonNull(file.getParent()), Json.read(file)))
                    .map(golden -> dynamicTest(golden.name(), () -> run(golden)));
        }
    }

    private void run(Golden golden) throws IOException {
        deviating = 0;
        String op = golden.json().path("op").asText();
        JsonNode data = golden.json().path("data");
        try (Tokenizer tokenizer = tokenizer(golden.config())) {
            switch (op) {
                case "tokenizer_encode" -> data.forEach(row -> encodes(tokenizer, golden.config(), row));
                case "tokenizer_decode" -> data.forEach(row -> decodes(tokenizer, row));
                case "tokenizer_batch" -> pads(tokenizer, golden);
                case "chat_template" -> data.forEach(row -> renders(tokenizer, row));
                default -> throw new AssertionError("no runner for op " + op);
            }
        }
        System.out.printf("%s: %d rows, %d by deviation 1%n", golden.name(), data.size(), deviating);
    }

    /** The case's tokenizer; its own template takes the place of the tokenizer's. */
    private Tokenizer tokenizer(JsonNode config) throws IOException {
        Path source = Shared.golden(config.path("tokenizer").asText());
        if (!config.has("chat_template")) {
            return Tokenizer.load(source);
        }
        Files.write(folder.resolve("tokenizer.json"), Files.readAllBytes(source.resolve("tokenizer.json")));
        ObjectNode own = Json.read(source.resolve("tokenizer_config.json"), ObjectNode.class);
        Json.write(
                folder.resolve("tokenizer_config.json"),
                own.put("chat_template", config.path("chat_template").asText()));
        return Tokenizer.load(folder);
    }

    private void encodes(Tokenizer tokenizer, JsonNode config, JsonNode row) {
        String text = row.path("text").asText();
        int[] ids = ints(row.path("ids"));
        boolean asText = config.path("split_special_tokens").asBoolean();
        if (!asText && spells(tokenizer, text)) {
            deviating++;
            assertThat(asTheTemplateMeansIt(tokenizer, text)).as(text).isEqualTo(ids);
        } else {
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
        }
        if (row.has("decoded_skip_special")) {
            decodes(tokenizer, row);
        }
    }

    private static void decodes(Tokenizer tokenizer, JsonNode row) {
        assertThat(tokenizer.decode(ints(row.path("ids"))))
                .isEqualTo(row.path("decoded_skip_special").asText());
    }

    private void pads(Tokenizer tokenizer, Golden golden) {
        List<int[]> rows = new ArrayList<>();
        for (JsonNode text : golden.json().path("data").path("texts")) {
            deviating += spells(tokenizer, text.asText()) ? 1 : 0;
            rows.add(asTheTemplateMeansIt(tokenizer, text.asText()));
        }
        int longest = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        expectPadded(golden, "", rows, longest, tokenizer.pad());
        int most = golden.config().path("max_length").asInt();
        boolean keepsEnd = golden.config().path("truncation_side").asText().equals("left");
        rows.replaceAll(row -> {
            int from = keepsEnd ? Math.max(0, row.length - most) : 0;
            return Arrays.copyOfRange(row, from, Math.min(row.length, from + most));
        });
        expectPadded(golden, "truncated_", rows, most, tokenizer.pad());
    }

    private static void expectPadded(Golden golden, String kind, List<int[]> rows, int width, int pad) {
        boolean left = golden.config().path("padding_side").asText().equals("left");
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        Arrays.fill(ids, pad);
        for (int r = 0; r < rows.size(); r++) {
            int[] row = rows.get(r);
            int from = r * width + (left ? width - row.length : 0);
            for (int i = 0; i < row.length; i++) {
                ids[from + i] = row[i];
                mask[from + i] = 1;
            }
        }
        assertThat(ids).isEqualTo(golden.longs("out." + kind + "input_ids"));
        assertThat(mask).isEqualTo(golden.longs("out." + kind + "attention_mask"));
    }

    private void renders(Tokenizer tokenizer, JsonNode row) {
        List<Message> messages = messages(row.path("messages"));
        Ending ending = row.path("continue_final_message").asBoolean()
                ? Ending.BEGINNING
                : row.path("add_generation_prompt").asBoolean() ? Ending.QUESTION : Ending.MESSAGE;
        TemplateText template = tokenizer.templateText();
        Marks marks = template.marks(messages);
        String text = template.render(messages, ending, marks);
        assertThat(template.specials().named(text, marks, special -> special).text())
                .isEqualTo(row.path("text").asText());

        int[] ids = ints(row.path("ids"));
        ModelTemplate chat = (ModelTemplate) ChatTemplate.of(tokenizer);
        Conversation conversation = chat.encoded(messages, ending);
        if (messages.stream().anyMatch(message -> spells(tokenizer, message.content()))) {
            deviating++;
            assertThat(asTheTemplateMeansIt(tokenizer, row.path("text").asText()))
                    .isEqualTo(ids);
            assertThat(specialIds(tokenizer, conversation.ids())).isLessThan(specialIds(tokenizer, ids));
            return;
        }
        assertThat(conversation.ids()).as(row.path("text").asText()).isEqualTo(ids);
        if (row.has("assistant_mask")) {
            boolean[] spoken = conversation.spoken();
            assertThat(IntStream.range(0, spoken.length).map(i -> spoken[i] ? 1 : 0))
                    .as(row.path("text").asText())
                    .containsExactly(Arrays.stream(ints(row.path("assistant_mask")))
                            .boxed()
                            .toArray(Integer[]::new));
        }
    }

    private static int[] asTheTemplateMeansIt(Tokenizer tokenizer, String text) {
        TemplateText template = tokenizer.templateText();
        Marks marks = template.marks(List.of(Message.user(text)));
        return tokenizer
                .encode(template.specials().named(text, marks, tokenizer::secretOf))
                .ids();
    }

    private static boolean spells(Tokenizer tokenizer, String text) {
        return specialIds(tokenizer, asTheTemplateMeansIt(tokenizer, text)) > 0;
    }

    private static long specialIds(Tokenizer tokenizer, int[] ids) {
        return Arrays.stream(ids)
                .filter(id -> tokenizer.decode(new int[] {id}).isEmpty())
                .count();
    }

    private static List<Message> messages(JsonNode rows) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode row : rows) {
            messages.add(new Message(
                    Message.Role.valueOf(row.path("role").asText().toUpperCase(Locale.ROOT)),
                    row.path("content").asText()));
        }
        return messages;
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
