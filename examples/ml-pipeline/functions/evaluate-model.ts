// Reads from the metrics of a training job whether its model is good enough.
interface Evaluation {
  metrics: { MetricName: string; Value: number }[];
  /** The least accuracy on data that the model has not seen, from 0 to 1. */
  least: number;
}

export async function handler({ metrics, least }: Evaluation) {
  const accuracy = metrics.find(({ MetricName }) => MetricName === 'validation:accuracy')?.Value;
  if (accuracy === undefined) throw new Error('The training job reported no validation:accuracy.');
  return { accuracy, isGoodEnough: accuracy >= least };
}
