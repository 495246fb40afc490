import {registry} from "@web/core/registry";
import {FetchRecordError} from "@web/model/relational_model/errors";
import {formView} from "@web/views/form/form_view";

const {Model} = formView;

/** A complaint about the one who writes it is saved, and hidden from the writer. */
class TicketRecord extends Model.Record {
    async _save() {
        try {
            return await super._save(...arguments);
        } catch (error) {
            if (!(error instanceof FetchRecordError)) {
                throw error;
            }
            return await this._leaveParked(error);
        }
    }

    /** Tell under which number it was taken down, and leave the form. */
    async _leaveParked(error) {
        const notice = await this.model.orm.call(
            this.resModel,
            "get_parked_notice",
            []
        );
        if (!notice) {
            throw error;
        }
        this.model.notification.add(notice, {type: "warning", sticky: true});
        // we save, so nothing here may wait for the end of saving
        this._discard();
        this.model.action.doAction("crm_service.service_ticket_action_my", {
            clearBreadcrumbs: true,
        });
        return false;
    }
}

export class TicketModel extends Model {
    static Record = TicketRecord;
}

registry.category("views").add("service_ticket_form", {
    ...formView,
    Model: TicketModel,
});
