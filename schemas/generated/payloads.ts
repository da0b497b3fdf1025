/** User Logout: An admin, supervisor or agent left the dashboard. */
export interface AgentLogoutPayload {
  payload: {
    action: 'logout';
    user: {
      id: number | string;
      created_at?: number | string | null;
      email?: number | string | boolean | null;
      force_offline?: number | string | boolean | null;
      is_available?: number | string | boolean | null;
      is_verified?: number | string | boolean | null;
      last_login?: number | string | null;
      name?: number | string | boolean | null;
      type?: number | string | boolean | null;
      type_as_string?: number | string | boolean | null;
      updated_at?: number | string | null;
    };
    timestamp?: number | string | null;
  };
  type?: 'auth';
}

/** New Session: A customer's first message, or the first after the room was resolved. */
export interface SessionPayload {
  payload: {
    room: {
      id: number | string;
      name?: number | string | boolean | null;
      options?: object | string | null;
    };
    from?: {
      email?: number | string | boolean | null;
      id?: string | number | null;
      name?: number | string | boolean | null;
    } | null;
    message?: {
      id?: string | number | null;
      text?: number | string | boolean | null;
      timestamp?: number | string | null;
      type?: number | string | boolean | null;
    } | null;
  };
  channel?: string | {
    id?: string | number | null;
    name?: number | string | boolean | null;
    source?: number | string | boolean | null;
  } | null;
  is_new_session?: number | string | boolean | null;
  room_log?: {
    channel_id?: string | number | null;
    created_at?: number | string | null;
    extras?: object | string | null;
    is_waiting?: number | string | boolean | null;
    name?: number | string | boolean | null;
    source?: number | string | boolean | null;
    user_id?: string | number | null;
  } | null;
  webhook_type?: number | string | boolean | null;
}

/** Mark As Resolved: Someone closed the conversation. The payload has no time: the time of the event is its receipt. */
export interface ResolutionPayload {
  service: {
    room_id: number | string;
    first_comment_id?: string | number | null;
    id?: string | number | null;
    is_resolved?: number | string | boolean | null;
    last_comment_id?: string | number | null;
    notes?: number | string | boolean | null;
    source?: number | string | boolean | null;
  };
  channel?: string | {
    id?: string | number | null;
    name?: number | string | boolean | null;
    source?: number | string | boolean | null;
  } | null;
  customer?: {
    name?: number | string | boolean | null;
    user_id?: string | number | null;
  } | null;
  resolved_by?: {
    email?: number | string | boolean | null;
    id?: string | number | null;
    name?: number | string | boolean | null;
    type?: number | string | boolean | null;
  } | null;
}

/** Bot: A customer wrote, or a message was posted through the API. */
export interface MessagePayload {
  payload: {
    message: {
      created_at?: number | string | null;
      id?: string | number | null;
      text?: number | string | boolean | null;
      timestamp?: number | string | null;
      type?: number | string | boolean | null;
      unique_temp_id?: string | number | null;
      unix_nano_timestamp?: number | string | null;
      unix_timestamp?: number | string | null;
    };
    room: {
      id: number | string;
      name?: number | string | boolean | null;
      options?: object | string | null;
    };
    from?: {
      email?: number | string | boolean | null;
      id?: string | number | null;
      name?: number | string | boolean | null;
    } | null;
    type?: number | string | boolean | null;
  };
  channel?: string | {
    id?: string | number | null;
    name?: number | string | boolean | null;
    source?: number | string | boolean | null;
  } | null;
  type?: number | string | boolean | null;
}

/** Custom Agent Allocation: A customer wrote and no agent is assigned yet; sent again on every such message. */
export interface AllocationPayload {
  room_id: number | string;
  candidate_agent?: {
    email?: number | string | boolean | null;
    id?: string | number | null;
    name?: number | string | boolean | null;
  } | null;
  channel?: string | {
    id?: string | number | null;
    name?: number | string | boolean | null;
    source?: number | string | boolean | null;
  } | null;
  email?: number | string | boolean | null;
  is_new_session?: number | string | boolean | null;
  is_resolved?: number | string | boolean | null;
  latest_service?: {
    id?: string | number | null;
    resolved_at?: number | string | null;
  } | null;
  name?: number | string | boolean | null;
  source?: number | string | boolean | null;
}

/** Custom Button: An admin, supervisor or agent pressed a button in a room. */
export interface CustomButtonPayload {
  room_id: number | string;
  additional_info?: unknown;
  agent?: {
    email?: number | string | boolean | null;
    name?: number | string | boolean | null;
    type?: number | string | boolean | null;
  } | null;
  channel_id?: string | number | null;
  channel_name?: number | string | boolean | null;
  channel_type?: number | string | boolean | null;
  customer?: {
    name?: number | string | boolean | null;
    user_id?: string | number | null;
  } | null;
  customer_properties?: object | string | null;
  notes?: number | string | boolean | null;
  tag?: object | string | null;
}
