// Draws the numbers of a chart's data block in the tenant's colours; the table beside it says the same in words.
import "../vendor/chart.min.js";

const Chart = globalThis.Chart;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  // The tenant's two first, then a row that stays apart for colour-blind eyes as well.
  return [read("--tenant-primary"), read("--tenant-accent"), "#4a7fb5", "#8a5a9e", "#7b8a3a", "#b5544a", "#3f9c9c", "#8493a0", "#c9a227", "#5b6770"];
}

export function charts(root) {
  const style = getComputedStyle(document.body);
  Chart.defaults.font.family = style.fontFamily;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = "#51606c";
  Chart.defaults.borderColor = "#e9edf0";
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) Chart.defaults.animation = false;
  for (const figure of root.querySelectorAll("[data-chart]:not([data-woken])")) {
    figure.dataset.woken = "yes";
    draw(figure);
  }
}

function draw(figure) {
  const { labels, series, unit, digits } = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const kind = figure.dataset.chart;
  const round = kind === "doughnut";
  const row = colours();
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits });
  const say = (value) => (unit ? `${number.format(value)} ${unit}` : number.format(value));

  new Chart(figure.querySelector("canvas"), {
    type: round ? "doughnut" : kind === "line" ? "line" : "bar",
    data: {
      labels,
      datasets: series.map(({ name, values }, place) => ({
        label: name,
        data: values,
        backgroundColor: round ? labels.map((_, at) => row[at % row.length]) : row[place % row.length],
        borderColor: round ? "#fff" : row[place % row.length],
        borderWidth: round ? 2 : kind === "line" ? 2.5 : 0,
        borderRadius: round ? 0 : 4,
        maxBarThickness: 34,
        tension: 0.3,
        pointRadius: 3,
      })),
    },
    options: {
      maintainAspectRatio: false,
      cutout: round ? "62%" : undefined,
      interaction: round ? undefined : { mode: "index", intersect: false },
      plugins: {
        legend: { display: round || series.length > 1, position: round && figure.clientWidth > 480 ? "right" : "bottom", labels: { usePointStyle: true, pointStyle: "rectRounded", boxHeight: 8, padding: 14 } },
        tooltip: { padding: 12, cornerRadius: 8, backgroundColor: "#17212a", callbacks: { label: (one) => ` ${round ? one.label : one.dataset.label}: ${say(round ? one.parsed : one.parsed.y)}` } },
      },
      scales: round ? {} : {
        x: { stacked: kind === "stacked", grid: { display: false } },
        y: { stacked: kind === "stacked", beginAtZero: true, border: { display: false }, ticks: { maxTicksLimit: 6, callback: say } },
      },
    },
  });
}
