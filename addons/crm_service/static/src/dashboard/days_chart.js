/* global Chart */
import {loadBundle} from "@web/core/assets";
import {deserializeDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";

const COLORS = {in: "#5b8def", out: "#4caf82"};

/** In and out of the last days, side by side; a click opens the tickets of a bar. */
export class DaysChart extends Component {
    static template = "crm_service.DaysChart";
    static props = {
        days: Array,
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.props.days)]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        this.chart = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: this.props.days.map((day) =>
                    deserializeDate(day.date).toLocaleString({
                        day: "numeric",
                        month: "short",
                    })
                ),
                datasets: [this.series("in", _t("In")), this.series("out", _t("Out"))],
            },
            options: this.options,
        });
    }

    series(name, label) {
        return {
            label,
            data: this.props.days.map((day) => day[name]),
            backgroundColor: COLORS[name],
            borderRadius: 3,
        };
    }

    get options() {
        return {
            animation: false,
            maintainAspectRatio: false,
            scales: {
                x: {grid: {display: false}, ticks: {maxRotation: 0, autoSkip: true}},
                y: {beginAtZero: true, ticks: {precision: 0}},
            },
            plugins: {legend: {position: "bottom", labels: {boxWidth: 12}}},
            onClick: (_ev, [bar]) =>
                bar &&
                this.props.onOpen(
                    this.props.days[bar.index],
                    bar.datasetIndex ? "out" : "in"
                ),
        };
    }
}
