use serde_json::Value;

/// JSON with one line for each fact: what holds objects is spread over lines, other values are not.
pub fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if depth < 2 || members.values().any(Value::is_object) => {
            let indent = "  ".repeat(depth + 1);
            let mut separator = "{\n";
            for (key, member) in members {
                text.push_str(separator);
                text.push_str(&format!("{indent}{}: ", Value::from(key.as_str())));
                write(member, depth + 1, text);
                separator = ",\n";
            }
            text.push_str(&format!("\n{}}}", "  ".repeat(depth)));
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_fact_is_a_line() {
        let value = json!({ "a": { "b": { "kind": "x", "values": [1, 2] }, "c": 1 } });
        let lines = [
            "{",
            "  \"a\": {",
            "    \"b\": {\"kind\":\"x\",\"values\":[1,2]},",
            "    \"c\": 1",
            "  }",
            "}",
            "",
        ];
        assert_eq!(text(&value), lines.join("\n"));
    }
}
