import {Timeline} from "../timeline/timeline";
import {ComponentTree} from "./component_tree";
import {FileInput} from "@web/core/file_input/file_input";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";

/** What happened to a unit, what is in it, and what has gone wrong with it before. */
export class UnitPage extends Component {
    static template = "crm_service.UnitPage";
    static components = {Timeline, ComponentTree, FileInput};
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({page: null, version: 0});
        this.record = this.props.record;
        onWillStart(() => this.load(this.props.record));
        // Whoever saved or exchanged something sees it in the history at once
        onWillUpdateProps(({record}) => {
            if (this.stamp(record) !== this.loaded) {
                return this.load(record);
            }
        });
    }

    /** What tells that a record is another one, or was loaded anew. */
    stamp(record) {
        const {write_date, reading_count, ticket_count} = record.data;
        return [record.resId, write_date?.ts, reading_count, ticket_count].join();
    }

    get assetId() {
        return this.props.record.resId;
    }

    get subject() {
        return {model: "service.asset", id: this.assetId};
    }

    async load(record) {
        this.loaded = this.stamp(record);
        if (!record.resId) {
            this.state.page = null;
            return;
        }
        this.state.page = await this.orm.call("service.asset.page", "get_page", [
            record.resId,
        ]);
        this.state.version++;
    }

    fetchTimeline(kinds, after) {
        return this.orm.call("service.asset.page", "get_timeline", [
            this.assetId,
            kinds,
            after,
        ]);
    }

    get troubles() {
        return this.state.page.troubles;
    }

    openTicket(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.ticket",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openAll() {
        return this.run("action_open_tickets");
    }

    openDocuments() {
        return this.run("action_open_documents");
    }

    async run(method) {
        const action = await this.orm.call("service.asset", method, [[this.assetId]]);
        return this.action.doAction(action);
    }

    /** Exchange a component that was chosen in the tree. */
    async exchange(id) {
        const action = await this.orm.call("service.asset", "action_exchange", [[id]]);
        return this.action.doAction(action, {
            onClose: () => this.props.record.load(),
        });
    }

    async onUpload(files) {
        const error = files.find((file) => file.error);
        if (error) {
            this.notification.add(error.error, {type: "danger"});
        }
        await this.load(this.props.record);
    }
}

registry.category("view_widgets").add("service_unit_page", {
    component: UnitPage,
    fieldDependencies: [
        {name: "write_date", type: "datetime"},
        {name: "reading_count", type: "integer"},
        {name: "ticket_count", type: "integer"},
    ],
});
