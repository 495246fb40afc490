import {registry} from "@web/core/registry";
import {listView} from "@web/views/list/list_view";
import {WorklistController} from "./worklist_controller";

export const worklistView = {...listView, Controller: WorklistController};

registry.category("views").add("service_worklist", worklistView);
