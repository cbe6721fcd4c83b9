import { grouped } from '@plimsoll/domain';
import type { ModelArchitecture, PlanModel } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';

/** What the model is, and what was assumed about it. */
export function planFacts(model: PlanModel, architecture: ModelArchitecture): string {
  const { layers, width, vocabulary, experts, tiedEmbeddings, layerShapes, notes } = architecture;
  const windows = layerShapes.filter(({ window }) => window !== null).length;
  const recurrent = layerShapes.filter(({ mixer }) => mixer === 'recurrent').length;
  const facts = [
    architecture.name,
    count(model.parameters ?? architecture.parameters),
    `${layers} layers of ${grouped(width)}`,
    ...(experts === null ? [] : [`${experts.used} of ${experts.count} experts per token`]),
    ...(windows === 0 ? [] : [`${windows} layers with a sliding window`]),
    ...(recurrent === 0 ? [] : [`${recurrent} recurrent layers`]),
    `vocabulary of ${grouped(vocabulary)}${tiedEmbeddings ? ', tied' : ''}`,
    model.contextLength === null ? 'trained context not known' : `trained for ${grouped(model.contextLength)} tokens`,
  ];
  const assumed = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('');
  return `<p class="facts quiet">${escapeHtml(facts.join(' · '))}</p>${assumed}`;
}

function count(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)} billion parameters`;
  return `${(parameters / 1e6).toFixed(parameters < 1e7 ? 1 : 0)} million parameters`;
}
