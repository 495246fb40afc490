import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const WAIT_MS = 2000;
const WORKING = ["queued", "running"];

/** How far an import is; reads it again while the job is at work. */
export class ImportProgressField extends Component {
    static template = xml`
        <div class="progress w-100" style="height: 1.5rem" role="progressbar"
             aria-valuemin="0" aria-valuemax="100" t-att-aria-valuenow="percent">
            <div class="progress-bar" t-att-class="isWorking ? 'progress-bar-striped progress-bar-animated' : ''"
                 t-attf-style="width: {{percent}}%" t-esc="percent + ' %'"/>
        </div>`;
    static props = {...standardFieldProps};

    setup() {
        onMounted(() => this.schedule());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get percent() {
        return Math.floor(this.props.record.data[this.props.name] || 0);
    }

    get isWorking() {
        return WORKING.includes(this.props.record.data.state);
    }

    schedule() {
        this.timer = browser.setTimeout(async () => {
            const record = this.props.record;
            if (this.isWorking && document.visibilityState === "visible") {
                await record.load();
            }
            this.schedule();
        }, WAIT_MS);
    }
}

registry.category("fields").add("service_import_progress", {
    component: ImportProgressField,
    supportedTypes: ["float"],
    fieldDependencies: [{name: "state", type: "selection"}],
});
