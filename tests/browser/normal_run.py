"""The walks that ``make test`` makes in the browser: what people do most, once on every page. All others are ``long``:
they take more than the ten minutes that a normal run may have, and ``make test-long`` makes them."""

from __future__ import annotations

WALKS = {
    "test_talk": (
        "test_a_receipt_is_answered_without_a_key_and_the_place_lights_up",
        "test_a_reload_in_the_middle_loses_nothing",
        "test_stop_keeps_what_came",
        "test_a_failure_is_a_sentence_and_can_be_tried_again",
        "test_paste_and_keyboard_alone",
        "test_model_text_reaches_no_host",
        "test_the_hash_shown_is_the_hash_sent",
    ),
    "test_upload": (
        "test_chosen_files_arrive_once_in_order",
        "test_dropped_anywhere_and_pasted",
        "test_bad_files_say_why_and_the_rest_goes_on",
        "test_cancel_leaves_nothing_behind",
    ),
    "test_viewer": (
        "test_boxes_lie_where_they_belong",
        "test_click_picks_the_smallest_box_without_a_full_run",
        "test_keyboard_alone",
    ),
    "test_viewer_two": (
        "test_a_change_of_mode_keeps_the_view_and_asks_for_nothing",
        "test_difference_lays_the_heat_over",
    ),
    "test_batch": ("test_a_run_outlives_its_page_and_its_server",),
    "test_compare": (
        "test_two_screenshots[1280-False]",
        "test_the_sample_is_there_at_once_and_an_answer_streams_beside_it",
    ),
    "test_contest": ("test_four_columns_stream_at_once",),
    "test_costs": ("test_what_a_talk_cost",),
    "test_exports": ("test_a_press_says_nothing_to_the_server_and_works_by_keyboard",),
    "test_extract": ("test_choose_try_edit_save", "test_three_pictures_through_a_reload"),
    "test_review": (
        "test_ten_documents_by_keyboard_alone",
        "test_the_picture_fills_fields_and_nothing_is_overwritten",
    ),
    "test_guards": (
        "test_the_first_page_is_shown_before_anything_heavy_is_loaded",
        "test_with_the_reader_nothing_leaves_the_process",
    ),
    "test_markdown_drawn": ("test_model_text_is_only_text",),
}
