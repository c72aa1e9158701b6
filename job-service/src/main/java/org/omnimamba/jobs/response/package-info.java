/**
 * OpenAI's Responses: what is asked is read here and turned into a request for inference-service,
 * and its answer into a response and the events of its stream.
 *
 * <p>A response that is waited for goes to inference-service at once and is kept when it has ended.
 * A background one is a job of the queue, submitted in one transaction with its row; the row gets
 * its answer in the transaction that ends the job. Where a row has no answer yet, its job's status
 * is the response's.
 *
 * <p>A request of a batch is a job whose payload is the body as it stands in the file: it is read
 * when the job runs, and what is wrong with it is that job's answer.
 */
@NullMarked
package org.omnimamba.jobs.response;

import org.jspecify.annotations.NullMarked;
