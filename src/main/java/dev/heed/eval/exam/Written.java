package dev.heed.eval.exam;

import dev.heed.text.ExamItem;

/**
 * What a model wrote to a question.
 *
 * @param row ids of examples, question and answer
 * @param from where the answer begins
 * @param text of the answer
 * @param ended whether the model ended it by itself
 */
public record Written(ExamItem item, int[] row, int from, String text, boolean ended) {}
