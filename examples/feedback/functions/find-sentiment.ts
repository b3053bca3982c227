// What people feel about us. A real one asks Amazon Comprehend (DetectSentiment), which gives the same four answers;
// here a few words decide.

export interface Comment {
  id: string;
  comment?: string;
}

type Sentiment = 'POSITIVE' | 'NEGATIVE' | 'NEUTRAL' | 'MIXED';

class InvalidComment extends Error {
  override name = 'InvalidComment';
}

const GOOD = /\b(good|great|love|lovely|thanks|perfect)\b/i;
const BAD = /\b(bad|late|broken|hate|awful|never)\b/i;

export async function handler({ comment = '' }: Comment): Promise<{ sentiment: Sentiment }> {
  if (comment.trim() === '') throw new InvalidComment('There is nothing in this comment.');
  const [isGood, isBad] = [GOOD.test(comment), BAD.test(comment)];
  if (isGood && isBad) return { sentiment: 'MIXED' };
  if (isGood) return { sentiment: 'POSITIVE' };
  return { sentiment: isBad ? 'NEGATIVE' : 'NEUTRAL' };
}
