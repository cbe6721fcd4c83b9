/** A whole number for people, in groups of thousands: `16,384`. (`Intl` takes longer to start than a short command.) */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
