/** One server-sent event. */
export interface ReadEvent {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads the events of a complete answer; comments are left out. */
export function readEvents(body: string): readonly ReadEvent[] {
  return body
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      return { event, data: JSON.parse(data) as Record<string, unknown> };
    });
}
