import {browser} from "@web/core/browser/browser";
import {deserializeDate, deserializeDateTime} from "@web/core/l10n/dates";
import {onWillUnmount, useState} from "@odoo/owl";

/** Show a component again every second, as long as it is there. */
export function useSeconds(onTick = () => undefined) {
    const clock = useState({ticks: 0});
    const timer = browser.setInterval(() => {
        clock.ticks++;
        onTick();
    }, 1000);
    onWillUnmount(() => browser.clearInterval(timer));
    return clock;
}

/** 95 as 1:35, 3700 as 1:01:40. */
export function formatSeconds(seconds) {
    const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
    const hours = Math.floor(seconds / 3600);
    if (hours) {
        parts.unshift(hours);
    }
    const [first, ...others] = parts;
    return [first, ...others.map((part) => String(part).padStart(2, "0"))].join(":");
}

/** A moment as people say it, with day and minute. */
export function formatMoment(moment) {
    return deserializeDateTime(moment).toLocaleString(luxon.DateTime.DATETIME_MED);
}

/** A day as people say it. */
export function formatDay(day) {
    return deserializeDate(day).toLocaleString(luxon.DateTime.DATE_MED);
}
