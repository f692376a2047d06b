package dev.heed.serve;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.ModelConfig;
import dev.heed.run.UserError;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.web.Refusal;
import java.nio.file.Path;
import java.util.List;

/** A model in memory. */
sealed interface Loaded extends AutoCloseable permits Writer, Judge {
    @Override
    void close();

    /** @throws UserError if the tokenizer is another model's */
    static void expectTogether(Path dir, Tokenizer tokenizer, ModelConfig config) {
        if (tokenizer.size() > config.vocabulary()) {
            throw new UserError("tokenizer %s has %d entries, model %s expects %d; put the model's own beside it"
                    .formatted(dir.resolve("tokenizer.json"), tokenizer.size(), dir, config.vocabulary()));
        }
    }

    /** @throws Refusal if the model's own template cannot render the messages */
    static int[] prompt(ChatTemplate template, List<Message> messages) {
        try {
            return template.prompt(new Prompt(Prompt.idOf(messages), messages, "", Split.TRAIN));
        } catch (UserError e) {
            throw new Refusal(400, "messages", "invalid_value", String.valueOf(e.getMessage()));
        }
    }
}
