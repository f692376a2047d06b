package dev.heed.eval.scaling;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** How the loss falls with what is spent. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "law")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ComputeLaw.class, name = "compute"),
    @JsonSubTypes.Type(value = SizeLaw.class, name = "size_and_tokens")
})
public sealed interface Law permits ComputeLaw, SizeLaw {
    /** Residuals of ln L below this count by their squares; seeds alone differ by about as much. */
    double DELTA = 0.01;

    /** The loss that it expects. */
    double at(Spent spent);

    /** The formula with its numbers. */
    String formula();

    /**
     * The law of this kind for other runs, from many starts.
     *
     * @param left nats that are known to be left however much is spent; 0 where they are not
     */
    Law anew(List<Trial> trials, double left);

    /** The same from here and few other starts: for runs that are drawn from those of this law. */
    Law near(List<Trial> trials, double left);

    /** Which of the runs it is fitted to. */
    boolean takes(Trial trial);
}
