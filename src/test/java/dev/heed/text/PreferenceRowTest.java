package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.feedback.Message;
import dev.heed.feedback.Pair;
import dev.heed.run.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceRowTest {
    private static final String GOOD = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}";

    @TempDir
    Path folder;

    @Test
    void readsPlainText() throws IOException {
        ReadRows<Pair> read = read(
                GOOD,
                "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"strength\": 3, \"labeler\": \"ada\", \"kind\": \"fact\"}",
                "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"tie\": true}");
        assertThat(read.errors()).isEmpty();
        assertThat(read.good().get(0).prompt().messages()).containsExactly(Message.user("p"));
        assertThat(read.good()).extracting(Pair::strength).containsExactly(2, 3, 0);
        assertThat(read.good()).extracting(Pair::labeler).containsExactly("import", "ada", "import");
        assertThat(read.good()).extracting(pair -> pair.prompt().kind()).containsExactly("", "fact", "");
    }

    /** The same preference in each form; `, for quotes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`prompt`: `p`, `chosen`: `a`, `rejected`: `b`}",
                "{`prompt`: [{`role`: `user`, `content`: `p`}], `chosen`: `a`, `rejected`: `b`}",
                "{`prompt`: [{`role`: `user`, `content`: `p`}], `chosen`: [{`role`: `assistant`, `content`: `a`}],"
                        + " `rejected`: {`role`: `assistant`, `content`: `b`}}",
                "{`chosen`: [{`role`: `user`, `content`: `p`}, {`role`: `assistant`, `content`: `a`}],"
                        + " `rejected`: [{`role`: `user`, `content`: `p`}, {`role`: `Assistant`, `content`: `b`}]}",
                "{`prompt`: `p`, `chosen`: [{`role`: `user`, `content`: `p`}, {`role`: `assistant`, `content`: `a`}],"
                        + " `rejected`: [{`role`: `user`, `content`: `p`}, {`role`: `assistant`, `content`: `b`}]}",
                "{`chosen`: `\\n\\nHuman: p\\n\\nAssistant: a`, `rejected`: `\\n\\nHuman: p\\n\\nAssistant: b`}",
                "{`prompt`: `\\n\\nHuman: p\\n\\nAssistant:`, `chosen`: `a`, `rejected`: `b`}",
            })
    void takesEveryForm(String line) throws IOException {
        ReadRows<Pair> read = read(line.replace('`', '"'));
        assertThat(read.errors()).isEmpty();
        Pair pair = read.good().get(0);
        assertThat(pair.prompt().messages()).containsExactly(Message.user("p"));
        assertThat(pair.chosen()).isEqualTo("a");
        assertThat(pair.rejected()).isEqualTo("b");
    }

    @Test
    void keepsTheTurnsOfAConversation() throws IOException {
        Pair pair = read("{`chosen`: `\\n\\nHuman: p\\n\\nAssistant: q\\n\\nHuman: r\\n\\nAssistant: a\\n\\nstill a`,"
                                .replace('`', '"')
                        + " `rejected`: `\\n\\nHuman: p\\n\\nAssistant: q\\n\\nHuman: r\\n\\nAssistant: b`}"
                                .replace('`', '"'))
                .good()
                .get(0);
        assertThat(pair.prompt().messages())
                .containsExactly(Message.user("p"), new Message(Message.Role.ASSISTANT, "q"), Message.user("r"));
        assertThat(pair.chosen()).isEqualTo("a\n\nstill a");
    }

    @Test
    void anEmptyAnswerThatALabelerJudgedIsAnAnswer() throws IOException {
        ReadRows<Pair> read =
                read("{`prompt`: `p`, `chosen`: `a`, `rejected`: ``, `labeler`: `ann`}".replace('`', '"'));
        assertThat(read.errors()).isEmpty();
        assertThat(read.good().get(0).rejected()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {`prompt`: `p`, `chosen`: `a`                                   | not JSON at column
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`} trailing        | not JSON at column
            [1, 2]                                                          | must be a JSON object, was a list
            `text`                                                          | must be a JSON object, was text
            {`prompt`: `p`, `chosen`: `a`}                                  | missing field "rejected" (found: prompt, chosen)
            {`chosen`: `a`, `rejected`: `b`}                                | missing field "prompt" (found: chosen, rejected)
            {}                                                              | missing field "chosen" (found: none)
            {`prompt`: null, `chosen`: `a`, `rejected`: `b`}                | "prompt" must be text or a list of messages, was null
            {`prompt`: `p`, `chosen`: 3, `rejected`: `b`}                   | "chosen" must be text or a list of messages, was 3
            {`prompt`: `p`, `chosen`: null, `rejected`: `b`}                | "chosen" must be text or a list of messages, was null
            {`prompt`: `p`, `chosen`: [], `rejected`: `b`}                  | "chosen" is an empty list
            {`prompt`: `p`, `chosen`: [`a`], `rejected`: `b`}               | chosen, message 1 must be an object with role and content, was text
            {`prompt`: `p`, `chosen`: [{`role`: `assistant`}], `rejected`: `b`} | chosen, message 1: missing field "content" (found: role)
            {`prompt`: [{`role`: `bot`, `content`: `p`}], `chosen`: `a`, `rejected`: `b`} | prompt, message 1: role must be system, user or assistant, was "bot"
            {`prompt`: [{`role`: `user`, `content`: 1}], `chosen`: `a`, `rejected`: `b`} | prompt, message 1: "content" must be text, was 1
            {`prompt`: `p`, `chosen`: [{`role`: `user`, `content`: `a`}], `rejected`: `b`} | "chosen" must end with a message of the assistant's, ended with the user's
            {`prompt`: `p`, `chosen`: ``, `rejected`: `b`}                  | "chosen" is empty, and no "labeler" says who judged it
            {`prompt`: `p`, `chosen`: `a`, `rejected`: ` \\n`}              | "rejected" is empty, and no "labeler" says who judged it
            {`prompt`: ` `, `chosen`: `a`, `rejected`: `b`}                 | "prompt" is empty
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `a`}                 | "chosen" and "rejected" are identical
            {`prompt`: `p`, `chosen`: `a\\u0000`, `rejected`: `b`}          | "chosen" holds the character U+0000
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `strength`: 4}  | "strength" must be 0 (a tie), 1, 2 or 3, was 4
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `strength`: 1.5} | "strength" must be 0 (a tie), 1, 2 or 3, was 1.5
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `tie`: `no`}    | "tie" must be true or false, was text
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `tie`: true, `strength`: 1} | "tie" is true and "strength" is 1
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `labeler`: 7}   | "labeler" must be text, was 7
            {`chosen`: `Human: p\\n\\nAssistant: a`, `rejected`: `Human: q\\n\\nAssistant: b`} | answer different conversations: they part at message 1
            {`prompt`: `x`, `chosen`: `Human: p\\n\\nAssistant: a`, `rejected`: `Human: p\\n\\nAssistant: b`} | "chosen" is a conversation in which "prompt" does not come before the last message
            """)
    void saysWhatIsWrongWithALine(String line, String reason) throws IOException {
        ReadRows<Pair> read = read(GOOD, line.replace('`', '"'), GOOD);
        assertThat(read.good()).hasSize(2);
        assertThat(read.errors()).hasSize(1);
        assertThat(read.errors().get(0).line()).isEqualTo(2);
        assertThat(read.errors().get(0).reason()).contains(reason).doesNotContain("\n");
    }

    @Test
    void namesTheByteThatIsNoUtf8() throws IOException {
        byte[] bytes = (GOOD + "\n" + GOOD.replace("p\"", "caf\u00e9\"")).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(rows(file("latin.jsonl", bytes), "import").errors())
                .containsExactly(new LineError(2, "not UTF-8: byte 0xE9 at position 16"));
    }

    @Test
    void namesAByteSequenceThatEndsTooSoon() throws IOException {
        byte[] bytes = {'"', (byte) 0xE2, (byte) 0x82};
        assertThat(rows(file("half.jsonl", bytes), "import").errors())
                .containsExactly(new LineError(1, "not UTF-8: byte 0xE2 at position 2"));
    }

    @Test
    void passesOverMarksReturnsAndBlankLines() throws IOException {
        String text = "\uFEFF" + GOOD + "\r\n\r\n  \n" + GOOD;
        ReadRows<Pair> read = rows(file("dos.jsonl", text.getBytes(StandardCharsets.UTF_8)), "import");
        assertThat(read.errors()).isEmpty();
        assertThat(read.good()).hasSize(2);
    }

    @Test
    void refusesALineOfMoreThanTenMegabytesAndGoesOn() throws IOException {
        String text = "x".repeat(10_000_001) + "\n" + GOOD + "\n";
        ReadRows<Pair> read = rows(file("long.jsonl", text.getBytes(StandardCharsets.UTF_8)), "import");
        assertThat(read.good()).hasSize(1);
        assertThat(read.errors()).containsExactly(new LineError(1, "10000001 bytes long, at most 10000000 are read"));
    }

    @Test
    void readsGzip() throws IOException {
        assertThat(rows(file("a.jsonl.gz", gzip(GOOD + "\n" + GOOD)), "import").good())
                .hasSize(2);
    }

    @Test
    void refusesBrokenGzipAndSaysHowFarItCame() throws IOException {
        byte[] whole = gzip((GOOD + "\n").repeat(3));
        Path cut = file("cut.jsonl.gz", Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> rows(cut, "import"))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(cut + " is broken gzip after line ");
        Path not = file("not.jsonl.gz", GOOD.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> rows(not, "import"))
                .isInstanceOf(UserError.class)
                .hasMessage(not + " is broken gzip after line 0 (Not in GZIP format); copy it again");
    }

    @Test
    void refusesAnEmptyFileAMissingOneAndAFolder() throws IOException {
        Path empty = file("empty.jsonl", "\n \n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> rows(empty, "import"))
                .isInstanceOf(UserError.class)
                .hasMessage(empty + " is empty; expected one JSON object a line with prompt, chosen and rejected");
        Path missing = folder.resolve("missing.jsonl");
        assertThatThrownBy(() -> rows(missing, "import"))
                .isInstanceOf(UserError.class)
                .hasMessage("no file " + missing);
        assertThatThrownBy(() -> rows(folder, "import"))
                .isInstanceOf(UserError.class)
                .hasMessage(folder + " is a folder; name a .jsonl file in it");
    }

    @Test
    void thePromptsOfOneConversationLieOnOneSideOfTheSplit() throws IOException {
        List<Pair> pairs = read(
                        "{`chosen`: `Human: p\\n\\nAssistant: a`, `rejected`: `Human: p\\n\\nAssistant: b`}"
                                .replace('`', '"'),
                        ("{`chosen`: `Human: p\\n\\nAssistant: a\\n\\nHuman: q\\n\\nAssistant: c`,"
                                        + " `rejected`: `Human: p\\n\\nAssistant: a\\n\\nHuman: q\\n\\nAssistant: d`}")
                                .replace('`', '"'))
                .good();
        assertThat(pairs.get(0).prompt().split())
                .isEqualTo(pairs.get(1).prompt().split());
        assertThat(pairs.get(0).prompt().id())
                .isNotEqualTo(pairs.get(1).prompt().id());
    }

    /** Good: one prefix before the last "\n\nAssistant:", answers neither empty nor equal, and no "\n\nHuman:" in them. */
    @ParameterizedTest
    @CsvSource({
        "harmless-base, 2312, 2303",
        "helpful-base, 2354, 2338",
        "helpful-online, 1137, 1128",
        "helpful-rejection-sampled, 2749, 2713"
    })
    void readsHhRlhf(String name, int lines, int good) {
        ReadRows<Pair> read = rows(Shared.data("preference/hh-rlhf-test/" + name + ".test.jsonl.gz"), "hh-rlhf");
        read.errors().stream().limit(3).forEach(System.out::println);
        assertThat(read.good().size() + read.errors().size()).isEqualTo(lines);
        assertThat(read.good().size()).isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource({"tulu3-samples/preference_sample.jsonl.gz, 100", "oasst-en100/pairs.jsonl.gz, 732"})
    void readsOtherPeoplesFiles(String name, int lines) {
        ReadRows<Pair> read = rows(Shared.data("preference/" + name), "import");
        read.errors().stream().limit(3).forEach(System.out::println);
        assertThat(read.good()).hasSize(lines);
        assertThat(read.errors()).isEmpty();
    }

    private ReadRows<Pair> read(String... lines) throws IOException {
        return rows(file("some.jsonl", String.join("\n", lines).getBytes(StandardCharsets.UTF_8)), "import");
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static ReadRows<Pair> rows(Path file, String labeler) {
        return ReadRows.of(file, "prompt, chosen and rejected", row -> PreferenceRow.pair(row, labeler));
    }
}
