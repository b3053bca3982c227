// The Table port on DynamoDB. The list index is a global secondary index with keys `list` and `listSort` that projects
// `summary`. Whatever goes wrong but a refused condition passes through as the SDK throws it.

import {
  type AttributeValue as Attribute,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, Condition, Item, ListRange, Range, Table } from '../../core/ports.ts';

export interface DynamodbTableOptions {
  client: DynamoDBClient;
  tableName: string;
  indexName: string;
}

export function dynamodbTable({ client, tableName, indexName }: DynamodbTableOptions): Table {
  const TableName = tableName;

  /** All pages of a query, until the limit. */
  async function select(input: QueryCommandInput, limit: number | undefined): Promise<Item[]> {
    const items: Item[] = [];
    if (limit === 0) return items;
    let ExclusiveStartKey: Record<string, Attribute> | undefined;
    do {
      const rest = limit && { Limit: limit - items.length };
      const page = await client.send(new QueryCommand({ ...input, ...rest, ExclusiveStartKey }));
      for (const attributes of page.Items ?? []) items.push(unmarshal(attributes));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey && items.length < (limit ?? Number.POSITIVE_INFINITY));
    return items;
  }

  return {
    async get({ pk, sk }) {
      const Key = marshal({ pk, sk });
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && unmarshal(Item);
    },
    put: (item, condition) =>
      heldCondition(client.send(new PutItemCommand({ TableName, Item: marshal(item), ...expression({}, condition) }))),
    update: ({ pk, sk }, set, condition) =>
      heldCondition(
        client.send(new UpdateItemCommand({ TableName, Key: marshal({ pk, sk }), ...expression(set, condition) })),
      ),
    async delete({ pk, sk }) {
      await client.send(new DeleteItemCommand({ TableName, Key: marshal({ pk, sk }) }));
    },
    query: async (range) =>
      isEmpty(range)
        ? []
        : select({ TableName, ConsistentRead: true, ...direction(range), ...withinRange(range) }, range.limit),
    list: (range) =>
      select({ TableName, IndexName: indexName, ...direction(range), ...withinList(range) }, range.limit),
  };
}

/** True when the write went through, false when its condition did not hold. */
async function heldCondition(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const direction = ({ descending = false }: { descending?: boolean }) => ({ ScanIndexForward: !descending });

/** DynamoDB refuses a range that ends before it begins; for us there is just nothing in it. */
function isEmpty({ from, to }: Range): boolean {
  return from !== undefined && to !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0;
}

function withinRange({ pk, from, to }: Range) {
  const bounds =
    from !== undefined && to !== undefined
      ? ' AND sk BETWEEN :from AND :to'
      : from !== undefined
        ? ' AND sk >= :from'
        : to !== undefined
          ? ' AND sk <= :to'
          : '';
  return {
    KeyConditionExpression: `pk = :pk${bounds}`,
    ExpressionAttributeValues: marshal({
      ':pk': pk,
      ...(from !== undefined && { ':from': from }),
      ...(to !== undefined && { ':to': to }),
    }),
  };
}

function withinList({ list, after, descending }: ListRange) {
  const start = after === undefined ? '' : ` AND listSort ${descending ? '<' : '>'} :after`;
  return {
    KeyConditionExpression: `#list = :list${start}`,
    ExpressionAttributeNames: { '#list': 'list' },
    ExpressionAttributeValues: marshal({ ':list': list, ...(after !== undefined && { ':after': after }) }),
  };
}

/** The expressions of a write: attributes to set (for updates) and its condition, every name behind a placeholder. */
function expression(set: Record<string, AttributeValue>, condition: Condition | undefined) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const assignments = Object.entries(set).map(([name, value], index) => {
    names[`#set${index}`] = name;
    values[`:set${index}`] = value;
    return `#set${index} = :set${index}`;
  });
  const text = condition && conditionText(condition, names, values);
  return {
    ...(assignments.length > 0 && { UpdateExpression: `SET ${assignments.join(', ')}` }),
    ...(text && { ConditionExpression: text }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshal(values) }),
  };
}

function conditionText(
  condition: Condition,
  names: Record<string, string>,
  values: Record<string, AttributeValue>,
): string {
  switch (condition.if) {
    case 'absent':
      return 'attribute_not_exists(pk)';
    case 'exists':
      return 'attribute_exists(pk)';
    case 'absent-or-expired':
      names['#expires'] = 'expires';
      values[':now'] = condition.nowSeconds;
      return 'attribute_not_exists(pk) OR #expires < :now';
    case 'equals':
      names['#equals'] = condition.attribute;
      values[':equals'] = condition.value;
      return '#equals = :equals';
  }
}

function marshal(values: Record<string, AttributeValue>): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') attributes[name] = { S: value };
    else if (typeof value === 'number') attributes[name] = { N: String(value) };
    else attributes[name] = { B: value };
  }
  return attributes;
}

function unmarshal(attributes: Record<string, Attribute>): Item {
  const item: Record<string, AttributeValue> = {};
  for (const [name, { S, N, B }] of Object.entries(attributes)) {
    if (S !== undefined) item[name] = S;
    else if (N !== undefined) item[name] = Number(N);
    else if (B !== undefined) item[name] = B;
  }
  return item as Item;
}
